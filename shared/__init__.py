"""What every service needs: money, dates, errors, access, events, database, web. It never imports a service."""
