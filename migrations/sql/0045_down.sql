GRANT INSERT ON ledger_verifications TO vigil_worker;
