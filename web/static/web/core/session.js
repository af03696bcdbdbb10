import { TokenRefresher, signedOutError } from "./access-token.js";
import { setTokenSource } from "./api.js";
import * as endpoints from "./endpoints.js";
import { Impersonation } from "./impersonation.js";
import * as cookie from "./session-cookie.js";
import { Store } from "./store.js";
import { TabChannel } from "./tabs.js";
import * as storage from "./web-storage.js";

const CLEANUP_MS = 3000;

/**
 * The signed-in user, shared by all tabs of this browser.
 *
 * Fires "change", "token" with the new access token, and "ended" with `{userId, reason}`. Reasons
 * are "signed-out" (in this tab), "elsewhere" (signed out in another tab), "refused" (expired or
 * revoked), "replaced" (an invitation was accepted) and "deleted" (the account).
 */
class Session extends Store {
  /** "starting", "signed-out" or "signed-in" (also offline, from storage). */
  state = "starting";
  user = null;
  /** The `reason` of the last "ended" event, or null. */
  endReason = null;
  isLeaving = false; // the account is being deleted: see core/leaving.js
  #impersonation = Impersonation.restore();
  #cleanups = new Set();
  #channel = new TabChannel("session");
  #refresher = new TokenRefresher({
    onRefreshed: (token) => this.#renewed(token),
    onRefused: () => this.isLeaving || this.#end("refused"),
  });

  /** The trainer who is impersonating, else null. */
  get impersonatedBy() {
    return this.#impersonation?.by ?? null;
  }

  get isImpersonating() {
    return this.#impersonation !== null;
  }

  /** Why the session is still "starting", or null. */
  get startError() {
    return this.#impersonation?.error ?? null;
  }

  /** Counts the sign-ins of this page. */
  get generation() {
    return this.#refresher.generation;
  }

  /** Return whether data of this account may be stored on the device. */
  get persistent() {
    return !this.isImpersonating;
  }

  /** Load the user; resolves when `state` is no longer "starting". */
  async start() {
    setTokenSource(this);
    this.#channel.addEventListener("message", ({ data }) => this.#receive(data));
    cookie.sendPendingSignOutWhenOnline();
    if (this.#impersonation) return this.#startImpersonation();
    this.user = storage.pendingSignOut.read() ? null : storage.storedUser.read();
    this.#become(this.user ? "signed-in" : "signed-out");
    if (!this.user) return cookie.sendPendingSignOut();
    this.#load();
  }

  /** Sign in; throws ApiError. */
  async signIn(email, password) {
    await this.#enter(() => endpoints.signIn(email, password));
  }

  /** Accept an invitation and sign in as the trainee; return the conversation's id. Throws ApiError. */
  async join(invitation) {
    return (await this.#enter(() => endpoints.acceptInvitation(invitation))).conversation_id;
  }

  /** Sign out at once; an unreachable server is told later. */
  async signOut(reason = "signed-out") {
    const cleanups = Promise.allSettled([...this.#cleanups].map((cleanup) => cleanup()));
    await Promise.race([cleanups, new Promise((done) => setTimeout(done, CLEANUP_MS))]);
    storage.pendingSignOut.write(true);
    this.#end(reason);
    this.#channel.post({ type: "signed-out", signIn: storage.storedSignIn.read() });
    await cookie.sendPendingSignOut();
  }

  /** Run `cleanup` before each sign-out, for 3 s at most, while the token is still valid. */
  beforeSignOut(cleanup) {
    this.#cleanups.add(cleanup);
  }

  /** Return an access token that is valid for at least a minute; throws ApiError. */
  async accessToken() {
    if (this.#impersonation) return this.#impersonation.accessToken();
    if (this.state === "signed-out" && !this.#refresher.token) throw signedOutError();
    return this.#refresher.fresh();
  }

  /** Get a new access token; throws ApiError. Impersonations are never refreshed. */
  async refresh() {
    return this.#impersonation ? this.#impersonation.refuse() : this.#refresher.refresh();
  }

  setUser(me) {
    this.user = me;
    if (this.persistent) storage.storedUser.write(me);
    this.changed();
  }

  /** Impersonate a trainee in this tab; reloads the page. */
  async impersonate(traineeId) {
    Impersonation.begin(await endpoints.startImpersonation(traineeId), this.user);
  }

  /** Stop impersonating; throws ApiError if the token could not be revoked. */
  async endImpersonation() {
    const error = await endpoints.endImpersonation().catch((refused) => refused);
    if (error?.isTemporary) throw error;
    this.#impersonation.leave();
  }

  /** Sign in with a request that returns `{access, user}`; if `user` is missing, load the user. */
  async #enter(request) {
    const { access, user, ...more } = await cookie.beginSession(request);
    // An invitation can be accepted while another user is signed in.
    if (this.user) this.#end("replaced");
    this.#refresher.adopt(access);
    await this.#adopt(user ?? endpoints.getMe());
    this.#channel.post({ type: "signed-in", userId: this.user.id });
    return more;
  }

  /** Load the user that the cookie belongs to; offline, keep the stored user. */
  #load() {
    const me = this.#refresher.fresh().then(() => endpoints.getMe());
    return this.#adopt(me).catch(() => this.user ?? this.#become("signed-out"));
  }

  /** Sign in as `me`, a user or a promise of one; throws if this sign-in has ended meanwhile. */
  async #adopt(me) {
    const { generation } = this;
    const user = await me;
    if (generation !== this.generation) throw signedOutError();
    this.setUser(user);
    this.#become("signed-in");
  }

  #startImpersonation() {
    return this.#impersonation.load((user) => {
      if (!this.isImpersonating) return;
      this.user = user;
      this.#become(user ? "signed-in" : "starting");
    });
  }

  #renewed(token) {
    if (this.user && token.userId !== this.user.id) this.#reloadAsOther();
    this.dispatchEvent(new CustomEvent("token", { detail: token.value }));
  }

  /** Reload because another tab has signed in as a different user, who owns the cookie now. */
  #reloadAsOther() {
    this.#refresher.drop();
    if (storage.storedUser.read()?.id === this.user.id) storage.storedUser.write(null);
    location.reload();
    throw signedOutError();
  }

  #receive({ type, userId, signIn }) {
    // A frozen tab receives this late, possibly after the next sign-in.
    if (type === "signed-out" && signIn !== storage.storedSignIn.read()) return;
    if (type === "signed-out") this.#end("elsewhere");
    else if (this.isImpersonating) return;
    else if (this.state === "signed-out") this.#load();
    else if (this.user && this.user.id !== userId) location.reload();
  }

  #end(reason) {
    const userId = (this.impersonatedBy ?? this.user)?.id;
    this.#refresher.drop();
    storage.storedImpersonation.write(null);
    // After a sign-out in another tab, that tab has cleared the storage for all tabs.
    if (reason !== "elsewhere") storage.forgetUser();
    this.#impersonation = this.user = null;
    this.endReason = reason;
    this.#become("signed-out");
    if (userId) this.dispatchEvent(new CustomEvent("ended", { detail: { userId, reason } }));
  }

  #become(state) {
    this.state = state;
    this.changed();
  }
}

export const session = new Session();
