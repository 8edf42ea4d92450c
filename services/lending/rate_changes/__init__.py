"""Changes of rates (利率变动): contracts follow the publications they rest on, shown before and restated after."""
