import { loadLater } from "./translate.js";

// The texts of the search, and of the screens for trainees, invitations, joining and settings. These import this module, so
// that pages with other screens need not load them first.
await loadLater();
