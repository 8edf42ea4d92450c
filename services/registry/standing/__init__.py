"""Standing (借款资格): whether, and on what terms, a household may borrow: eligibility, lists, entities, simulations."""
