"""Published reference rates (基准利率): the series that contracts and subsidy caps read."""
