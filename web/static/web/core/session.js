import { useTokens } from "./api.js";
import { beginSession, endSessionIfDue, watchDueSignOut } from "./cookie.js";
import * as endpoints from "./endpoints.js";
import { dueSignOut, forgetMe, keptLook, keptMe, keptSignIn } from "./kept.js";
import { Look } from "./look.js";
import { Renewal, signedOut } from "./renewal.js";
import { Store } from "./store.js";

const LOOK_RETRY_MS = 3000;
const FAREWELL_MS = 3000;

/**
 * Know who is signed in, in all tabs of this browser.
 *
 * Beside "change" it fires "token" (a new access token, in `detail`), and "ended" when a sign-in is
 * over: `detail.userId`, and `detail.reason`, which is "signed-out" (here), "elsewhere" (another
 * tab), "refused" (expired or revoked) or "replaced" (somebody else has joined in this tab).
 */
class Session extends Store {
  /** "starting", "signed-out" or "signed-in"; the last also offline, from what was kept. */
  state = "starting";
  user = null;
  /** Why the last sign-in on this page ended, or null. */
  endReason = null;
  #look = Look.kept();
  #farewells = new Set();
  #channel = new BroadcastChannel("session");
  #renewal = new Renewal({
    onRenewed: (token) => this.#renewed(token),
    onRefused: () => this.#end("refused"),
  });

  /** One's own Me while looking through somebody else's account, else null. */
  get impersonatedBy() {
    return this.#look?.by ?? null;
  }

  get isImpersonating() {
    return this.#look !== null;
  }

  /** Which sign-in of this page it is, by number. */
  get number() {
    return this.#renewal.session;
  }

  /** Tell whether anything of this account may be kept on the device. */
  get persistent() {
    return !this.isImpersonating;
  }

  /** Find out who is signed in; resolves when `state` is not "starting" any more. */
  async start() {
    useTokens(this);
    this.#channel.addEventListener("message", ({ data }) => this.#hear(data));
    watchDueSignOut();
    if (this.#look) return this.#startLook();
    this.user = dueSignOut.read() ? null : keptMe.read();
    if (!this.user) {
      this.#become("signed-out");
      return endSessionIfDue();
    }
    this.#become("signed-in");
    this.#arrive();
  }

  /** Sign in; throws ApiError. */
  async signIn(email, password) {
    await this.#enter(() => endpoints.signIn(email, password));
  }

  /** Accept an invitation, and be signed in as who joins by it; throws ApiError. */
  async join(invitation) {
    await this.#enter(() => endpoints.acceptInvitation(invitation));
  }

  /** Sign out at once; a server that cannot be reached is told as soon as it can. */
  async signOut() {
    const farewells = Promise.allSettled([...this.#farewells].map((work) => work()));
    await Promise.race([farewells, new Promise((done) => setTimeout(done, FAREWELL_MS))]);
    dueSignOut.write(true);
    this.#end("signed-out");
    this.#channel.postMessage({ type: "signed-out", signIn: keptSignIn.read() });
    await endSessionIfDue();
  }

  /** Have `work` done, for 3 s at most, while the token of who signs out is still good. */
  beforeSignOut(work) {
    this.#farewells.add(work);
  }

  /** Return an access token that is good for at least a minute; throws ApiError. */
  async accessToken() {
    if (this.#look) return this.#look.accessToken();
    if (this.state === "signed-out" && !this.#renewal.token) throw signedOut();
    return this.#renewal.fresh();
  }

  /** Get a new access token now; throws ApiError. A look through an account is never prolonged. */
  async refresh() {
    return this.#look ? this.#look.refuse() : this.#renewal.renew();
  }

  setUser(me) {
    this.user = me;
    if (this.persistent) keptMe.write(me);
    this.changed();
  }

  /** Look through a trainee's account, in this tab alone; loads the page anew. */
  async impersonate(traineeId) {
    const { access } = await endpoints.startImpersonation(traineeId);
    Look.begin(access, this.user);
  }

  /** End the look; throws ApiError when the server cannot be told, as its token would live on. */
  async endImpersonation() {
    await endpoints.endImpersonation().catch((error) => {
      if (error.isTemporary) throw error;
    });
    this.#look.leave();
  }

  /** Be who the answer to `ask`, `{access, user}`, speaks for; without `user` the server is asked. */
  async #enter(ask) {
    const { access, user } = await beginSession(ask);
    // An invitation can be accepted while somebody else is signed in.
    if (this.user) this.#end("replaced");
    this.#renewal.adopt(access);
    await this.#be(user ?? endpoints.getMe());
    this.#channel.postMessage({ type: "signed-in", userId: this.user.id });
  }

  /** Learn from the server who the cookie speaks for; without a network, what was kept stands. */
  #arrive() {
    const me = this.#renewal.fresh().then(() => endpoints.getMe());
    return this.#be(me).catch(() => this.user ?? this.#become("signed-out"));
  }

  /** Be signed in as `me`, or a promise of it; throws if it comes after this sign-in has ended. */
  async #be(me) {
    const { number } = this;
    const user = await me;
    if (number !== this.number) throw signedOut();
    this.setUser(user);
    this.#become("signed-in");
  }

  async #startLook() {
    try {
      this.user = this.#look.at = await endpoints.getMe();
      this.#become("signed-in");
    } catch ({ status, retryAfter }) {
      // With 401 the look is over, and that is said where the token is refused.
      if (status !== 401) setTimeout(() => this.#startLook(), 1000 * retryAfter || LOOK_RETRY_MS);
    }
  }

  #renewed(token) {
    if (this.user && token.userId !== this.user.id) this.#giveWay();
    this.dispatchEvent(new CustomEvent("token", { detail: token.value }));
  }

  /** Another tab has signed in as somebody else, and the cookie is theirs: nothing more is asked. */
  #giveWay() {
    this.#renewal.drop();
    if (keptMe.read()?.id === this.user.id) keptMe.write(null);
    location.reload();
    throw signedOut();
  }

  #hear({ type, userId, signIn }) {
    // A tab that was frozen hears it late: what is on the device may be a new sign-in's by then.
    if (type === "signed-out" && signIn !== keptSignIn.read()) return;
    if (type === "signed-out") this.#end("elsewhere");
    else if (this.isImpersonating) return;
    else if (this.state === "signed-out") this.#arrive();
    else if (this.user && this.user.id !== userId) location.reload();
  }

  #end(reason) {
    const userId = (this.impersonatedBy ?? this.user)?.id;
    this.#renewal.drop();
    keptLook.write(null);
    // The tab that signed out has done it, for all tabs.
    if (reason !== "elsewhere") forgetMe();
    this.#look = this.user = null;
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
