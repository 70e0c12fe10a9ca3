/* After a button of a step the keyboard goes on where the step is. */
"use strict";
const goOn = document.querySelector("[data-go-on]");
const field = goOn && document.getElementById(goOn.dataset.goOn);
if (field) {
  field.focus();
}
