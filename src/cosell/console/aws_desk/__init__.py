"""AWS's desk: reviews, referrals and the clock, by hand."""
