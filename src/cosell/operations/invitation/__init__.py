"""The invitation family, as far as AWS's referrals need it."""
