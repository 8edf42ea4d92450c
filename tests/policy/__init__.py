"""What the packs say and how they are read. Tests here check values, not the services that obey them."""
