"""`./start bench`: what the product costs, as ratios to references measured in the same run.

The figure is requests for each second of processor time, of the web processes and PostgreSQL
together: it does not depend on how fast the load is driven, or on what else the machine does.
"""
