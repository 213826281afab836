DROP POLICY watches ON sites;
DROP FUNCTION vigil.indicators_told(text[], timestamptz, timestamptz, bigint, text[]);
DROP INDEX ix_alerts_indicators, ix_field_reports_indicators;
