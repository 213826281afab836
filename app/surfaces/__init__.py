"""The forecast: surfaces of risk as they were issued, and how often they and the alerts were right."""
