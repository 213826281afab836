// What runs on every page, in this order.
import "./keys.js";
import "./menu.js";
import "./ages.js";
import "./live.js"; // hears nothing unless the page says where
import "./untaken.js";
import "./drafts.js";
import "./refused.js";
