// The desk works without this file; what is here makes it quick. HTMX for parts of pages, our own for keys and saving.
import htmx from "htmx.org";

import { calendar } from "./calendar";
import { autosave } from "../shared/autosave";
import { counter } from "../shared/counter";
import { enrich } from "../shared/enrich";
import { listen, opener } from "../shared/keys";
import { parts as swapParts } from "../shared/parts";
import { copy, focus, once, preview } from "../shared/small";
import { forget, forgetAtSignOut, keep } from "../shared/keep";

const parts = {
  "[data-forget]": forget,
  "textarea[data-keep]": keep,
  "[data-calendar]": calendar,
  "[data-focus]": focus,
  "[data-counter]": counter,
  "[data-copy]": copy,
  "input[data-preview]": preview,
  "[data-open]": opener,
  "form[data-autosave]": autosave,
  'form[method="post"]:not([data-autosave]):not([hx-post])': once,
};

enrich(document, parts);
htmx.onLoad((element) => {
  if (element.parentElement) enrich(element.parentElement, parts);
});
swapParts();
forgetAtSignOut();
listen();
