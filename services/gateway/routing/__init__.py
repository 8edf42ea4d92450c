"""Which request goes to which service: read from the services' committed OpenAPI documents, deny by default."""
