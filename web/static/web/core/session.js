import { useTokens } from "./api.js";
import * as endpoints from "./endpoints.js";
import { dueSignOut, keptLook, keptMe } from "./kept.js";
import { Look } from "./look.js";
import { inTurn, Renewal, signedOut } from "./renewal.js";
import { Store } from "./store.js";

const LOOK_RETRY_MS = 3000;
const FAREWELL_MS = 3000;

/**
 * Know who is signed in, in all tabs of this browser.
 *
 * Beside "change" it fires "token" (a new access token, in `detail`), and "ended" when a sign-in is
 * over: `detail.userId`, and `detail.reason`, which is "signed-out" (here), "elsewhere" (another
 * tab) or "refused" (expired or revoked).
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

  /** Tell whether anything of this account may be kept on the device. */
  get persistent() {
    return !this.isImpersonating;
  }

  /** Find out who is signed in; resolves when `state` is not "starting" any more. */
  async start() {
    useTokens(this);
    this.#channel.addEventListener("message", ({ data }) => this.#hear(data));
    addEventListener("online", () => this.#signOutIfDue());
    if (this.#look) return this.#startLook();
    this.user = dueSignOut.read() ? null : keptMe.read();
    if (!this.user) {
      this.#become("signed-out");
      return this.#signOutIfDue();
    }
    this.#become("signed-in");
    this.#arrive();
  }

  /** Sign in; throws ApiError. */
  async signIn(email, password) {
    await this.adopt(await inTurn(() => endpoints.signIn(email, password)));
  }

  /** Be signed in with `{access, user}` as signing in or accepting an invitation gives them. */
  async adopt({ access, user = null }) {
    dueSignOut.write(false);
    this.#renewal.adopt(access);
    this.setUser(user ?? (await endpoints.getMe()));
    this.#become("signed-in");
    this.#channel.postMessage({ type: "signed-in", userId: this.user.id });
  }

  /** Sign out at once; a server that cannot be reached is told as soon as it can. */
  async signOut() {
    await Promise.race([this.#sayFarewell(), new Promise((done) => setTimeout(done, FAREWELL_MS))]);
    dueSignOut.write(true);
    this.#end("signed-out");
    this.#channel.postMessage({ type: "signed-out" });
    await this.#signOutIfDue();
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

  /** Learn from the server who the cookie speaks for; without a network, what was kept stands. */
  async #arrive() {
    try {
      await this.#renewal.fresh();
      this.setUser(await endpoints.getMe());
      this.#become("signed-in");
    } catch {
      if (!this.user) this.#become("signed-out");
    }
  }

  async #startLook() {
    try {
      this.user = this.#look.at = await endpoints.getMe();
      this.#become("signed-in");
    } catch (error) {
      if (error.isTemporary) setTimeout(() => this.#startLook(), LOOK_RETRY_MS);
    }
  }

  #renewed(token) {
    if (this.user && token.userId !== this.user.id) {
      // Another tab has signed in as somebody else, and the cookie is theirs.
      keptMe.write(null);
      location.reload();
    }
    this.dispatchEvent(new CustomEvent("token", { detail: token.value }));
  }

  async #sayFarewell() {
    await Promise.allSettled([...this.#farewells].map((work) => work()));
  }

  async #signOutIfDue() {
    await inTurn(async () => {
      if (!dueSignOut.read()) return;
      const error = await endpoints.signOut().catch((refused) => refused);
      if (!error?.isTemporary) dueSignOut.write(false);
    });
  }

  #hear({ type, userId }) {
    if (type === "signed-out") this.#end("elsewhere");
    else if (this.isImpersonating) return;
    else if (this.state === "signed-out") this.#arrive();
    else if (this.user && this.user.id !== userId) location.reload();
  }

  #end(reason) {
    const userId = this.user?.id;
    this.#renewal.drop();
    keptMe.write(null);
    keptLook.write(null);
    globalThis.caches?.delete("pictures");
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
