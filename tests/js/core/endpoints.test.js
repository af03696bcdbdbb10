import assert from "node:assert/strict";
import { test } from "node:test";
import { openBrowser } from "../browser/open.js";

const form = new FormData();
const invitation = { code: "c", password: "p", first_name: "A", last_name: "B" };
const message = { content: "Hi", client_id: "id" };

/** Each function, its arguments, and the request that it then sends. */
const REQUESTS = [
  ["signIn", ["a@b.example", "p"], "POST auth/jwt/create/", { email: "a@b.example", password: "p", cookie: true }],
  ["refreshSession", [], "POST auth/jwt/refresh/", {}],
  ["signOut", [], "POST auth/jwt/blacklist/", {}],
  ["previewInvitation", ["c"], "POST auth/invitations/preview/", { code: "c" }],
  ["acceptInvitation", [invitation], "POST auth/invitations/accept/", { ...invitation, cookie: true }],
  ["requestPasswordReset", ["a@b.example"], "POST auth/users/reset_password/", { email: "a@b.example" }],
  ["confirmPasswordReset", [{ uid: "u", token: "t", newPassword: "n" }], "POST auth/users/reset_password_confirm/", { uid: "u", token: "t", new_password: "n" }],
  ["getMe", [], "GET auth/users/me/"],
  ["updateMe", [{ first_name: "A" }], "PATCH auth/users/me/", { first_name: "A" }],
  ["updateMe", [form], "PATCH auth/users/me/", form],
  ["setPassword", ["old", "new"], "POST auth/users/set_password/", { current_password: "old", new_password: "new" }],
  ["getPushKey", [], "GET users/push-key/"],
  ["registerDevice", ["t"], "POST users/device-token/", { token: "t", platform: "web" }],
  ["unregisterDevice", ["t"], "DELETE users/device-token/", { token: "t" }],
  ["listConversations", [], "GET messaging/conversations/?page=1"],
  ["listConversations", [{ page: 2, archived: true }], "GET messaging/conversations/?page=2&archived=true"],
  ["listConversations", [{ archived: true, search: "zoe" }], "GET messaging/conversations/?page=1&archived=true&search=zoe"],
  ["getConversation", [7], "GET messaging/conversations/7/"],
  ["getMessages", [7, { before: Number.MAX_SAFE_INTEGER, limit: 20 }], "GET messaging/conversations/7/messages/?before=9007199254740991&limit=20"],
  ["getMessages", [7, { since: 0 }], "GET messaging/conversations/7/messages/?since=0"],
  ["getMessages", [7], "GET messaging/conversations/7/messages/"],
  ["getMessages", [7, "https://app.example/api/next/?since=3"], "GET next/?since=3"],
  ["sendMessage", [7, message], "POST messaging/conversations/7/send/", message],
  ["startConversation", [{ trainee_id: 3, ...message }], "POST messaging/conversations/start/", { trainee_id: 3, ...message }],
  ["markRead", [7, 9], "POST messaging/conversations/7/read/", { up_to: 9 }],
  ["getUnreadCount", [], "GET messaging/unread-count/"],
  ["searchMessages", [{ q: "leg day" }], "GET messaging/search/?q=leg+day&page=1"],
  ["searchMessages", [{ q: "leg", page: 2, conversation: 7 }], "GET messaging/search/?q=leg&page=2&conversation=7"],
  ["listTrainees", [], "GET trainer/trainees/?page=1"],
  ["listTrainees", [{ page: 2, search: "a & b" }], "GET trainer/trainees/?page=2&search=a+%26+b"],
  ["getTrainee", [3], "GET trainer/trainees/3/"],
  ["removeTrainee", [3], "POST trainer/trainees/3/remove/"],
  ["listInvitations", [], "GET trainer/invitations/?page=1"],
  ["createInvitation", [{ email: "a@b.example" }], "POST trainer/invitations/", { email: "a@b.example", message: "" }],
  ["deleteInvitation", [4], "DELETE trainer/invitations/4/"],
  ["resendInvitation", [4], "POST trainer/invitations/4/resend/"],
  ["getInvitationLink", [4], "GET trainer/invitations/4/link/"],
  ["startImpersonation", [3], "POST trainer/impersonate/3/start/"],
  ["endImpersonation", [], "POST trainer/impersonate/end/"],
];
const OPEN = ["signIn", "refreshSession", "signOut", "previewInvitation", "acceptInvitation", "requestPasswordReset", "confirmPasswordReset"];

test("each function requests an existing endpoint, with a token where needed", async (t) => {
  const { server, load } = openBrowser(t);
  const { setTokenSource, ...endpoints } = await load("core/api.js", "core/endpoints.js");
  setTokenSource({ generation: 0, accessToken: async () => "token" });

  for (const [name, args, asked, body] of REQUESTS) {
    const [method, path] = asked.split(" ");
    server.on(`${method} /api/${path}`, { answer: name });

    assert.deepEqual(await endpoints[name](...args), { answer: name });
    const request = server.requests.at(-1);
    assert.deepEqual(request.body, body, name);
    assert.equal("Authorization" in request.headers, !OPEN.includes(name), name);
  }
});

test("every function has a test", async (t) => {
  const endpoints = await openBrowser(t).load("core/endpoints.js");

  assert.deepEqual(Object.keys(endpoints).sort(), [...new Set(REQUESTS.map(([name]) => name))].sort());
});
