import { LitElement } from "lit";

/** The base class of all elements: light DOM, so that the global style sheets apply. */
export class Element extends LitElement {
  createRenderRoot() {
    return this;
  }
}
