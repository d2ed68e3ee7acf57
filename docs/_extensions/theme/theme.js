// What every page runs.

import { openDrawers, scrollBoxes } from "./keyboard.js";
import { showEntry } from "./navigation.js";

showEntry();
scrollBoxes();
openDrawers();
