"""Decision: which policy is in force, and the decisions it leads to. The rules are data (policies/*.yaml); SQL applies them."""
