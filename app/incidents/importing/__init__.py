"""Events of others: UCDP's Georeferenced Event Dataset and ACLED's export, each row kept whole beside our mapping."""
