import assert from "node:assert/strict";
import { test } from "node:test";
import { openBrowser } from "../browser/open.js";

async function open(t) {
  const browser = openBrowser(t);
  const forms = await browser.load("core/unsaved-forms.js");
  forms.trackForms();
  const fire = (type, target) => {
    const event = new Event(type);
    Object.defineProperty(event, "target", { value: target });
    browser.document.dispatchEvent(event);
  };
  return { ...forms, fire };
}

const makeForm = (...values) => ({ isConnected: true, elements: values.map((value) => ({ value })) });

test("a form is unsaved from the first edit until it is saved, reset or removed", async (t) => {
  const { hasUnsavedForm, fire } = await open(t);
  const form = makeForm("", "text");
  assert.equal(hasUnsavedForm(), false);

  for (const type of ["saved", "reset"]) {
    fire("input", { form });
    assert.equal(hasUnsavedForm(), true);
    fire(type, form);
    assert.equal(hasUnsavedForm(), false);
  }
  fire("input", { form });
  form.isConnected = false;

  assert.equal(hasUnsavedForm(), false);
});

test("an emptied form, and an input without a form, lose nothing", async (t) => {
  const { hasUnsavedForm, fire } = await open(t);

  fire("input", { form: makeForm(" ", undefined) });
  fire("input", { form: null });

  assert.equal(hasUnsavedForm(), false);
});
