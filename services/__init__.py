"""The domain of Salem 24: slices in one order, without web or globals."""
