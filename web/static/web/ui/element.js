import { LitElement } from "lit";

/** Be the base of every element: light DOM, so that the global style sheets reach it. */
export class Element extends LitElement {
  createRenderRoot() {
    return this;
  }
}
