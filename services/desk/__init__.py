"""The desk as a work place: views, letter templates, rules, bulk steps, export and referral."""
