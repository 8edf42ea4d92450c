"""Village finance officers (村级金融服务专员): who serves which village from which day, and villages without one."""
