import assert from "node:assert/strict";
import { test } from "node:test";
import { match, PUBLIC_ROUTES } from "../../../web/static/web/core/routes.js";

const at = (path) => match(new URL(path, "https://app.example"));

const SCREENS = {
  "/": "messages",
  "/messages": "messages",
  "/messages/archived": "archive",
  "/sign-in": "sign-in",
  "/forgot-password": "forgot-password",
  "/reset-password": "reset-password",
  "/join": "join",
  "/trainees": "trainees",
  "/invitations": "invitations",
  "/settings": "settings",
  "/messages/": "not-found",
  "/messages/7/": "not-found",
  "/messages/-7": "not-found",
  "/messages/٧": "not-found",
  "/messages/9223372036854775807": "not-found",
  "/nowhere": "not-found",
};

test("each path has its route", () => {
  for (const [path, name] of Object.entries(SCREENS)) assert.equal(at(path).name, name, path);
});

test("ids are numbers up to the largest safe integer", () => {
  assert.deepEqual(at("/messages/999999999999999").params, { id: 999_999_999_999_999 });
  assert.deepEqual(at("/messages/archived/8").params, { id: 8 });
  assert.deepEqual([at("/trainees/9").name, at("/trainees/9").params], ["trainee", { id: 9 }]);
});

test("a query is a plain object of strings", () => {
  assert.deepEqual(at("/sign-in?next=%2Fmessages%2F7&x=").query, { next: "/messages/7", x: "" });
});

test("four routes need no sign-in", () => {
  assert.deepEqual([...PUBLIC_ROUTES], ["sign-in", "forgot-password", "reset-password", "join"]);
});
