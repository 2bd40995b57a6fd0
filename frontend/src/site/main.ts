// The residents' site works without this file; what is here makes it handier.
import { counter } from "../shared/counter";
import { enrich } from "../shared/enrich";
import { block, remember, rememberChoice } from "../shared/neighbourhood";
import { copy, focus, menu, once, preview, printPage } from "../shared/small";

enrich(document, {
  "[data-focus]": focus,
  ".st-menu": menu,
  "[data-counter]": counter,
  "[data-copy]": copy,
  "[data-print]": printPage,
  "input[data-preview]": preview,
  "[data-block]": block,
  "[data-remember]": remember,
  "select[data-remember-choice]": rememberChoice,
  "[data-place-picker]": (element) => void import("../shared/place").then(({ picker }) => picker(element)),
  'form[method="post"]': once,
});
