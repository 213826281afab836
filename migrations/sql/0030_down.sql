DELETE FROM vigil.protected_tables WHERE table_name IN ('plans', 'plan_patrols');
DELETE FROM solves WHERE kind = 'plan';
DROP TRIGGER keep_found ON plans;
DROP FUNCTION vigil.keep_found();
