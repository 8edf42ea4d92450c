"""Standing (借款资格): may a household borrow, and on what terms: eligibility, lists, entities, simulations."""
