import { listConversations, listTrainees, searchMessages } from "../core/endpoints.js";
import { Store } from "../core/store.js";
import { fullName } from "../text/names.js";
import { hasWords, wordsOf } from "../text/marking.js";
import { account } from "./account.js";
import { DeletionWatch } from "./deletion-watch.js";
import { inbox } from "./inbox.js";

// After the last key.
const PAUSE_MS = 250;
const SHORTEST = 2;
const MOST_PEOPLE = 6;

/**
 * A search for people, by the names that the device knows and the server's, and for messages.
 *
 * With `conversationId` only the messages of one conversation are searched. Without a query, `people` are
 * those of the newest conversations.
 */
export class Search extends Store {
  query = "";
  /** Of the query, for marking. */
  words = [];
  conversationId;
  /** "idle" (no query, or one character), "loading", "ready" or "error"; of the messages. */
  status = "idle";
  error = null;
  /** Rows of the server's search, newest first. */
  messages = [];
  /** The number of messages that were found. */
  total = 0;
  hasMore = false;
  isLoadingMore = false;
  /** Whether the server has the search wait, because there were too many. */
  isThrottled = false;
  #isTrainer;
  #trainees = [];
  // Conversations that the server has found, listed or not.
  #found = [];
  #page = 0;
  #run = 0;
  #timer = 0;
  #deletions = new DeletionWatch((conversationIds) => this.#drop(conversationIds));

  constructor({ conversationId = null, isTrainer = false } = {}) {
    super();
    this.conversationId = conversationId;
    this.#isTrainer = isTrainer;
  }

  /** People as `{person, conversation}` or, without a conversation, `{person}` of a trainee. */
  get people() {
    if (this.conversationId) return [];
    const rows = [...inbox.conversations, ...inbox.archived.conversations];
    const listed = new Set(rows.map(({ id }) => id));
    const known = [...rows, ...this.#found.filter(({ id }) => !listed.has(id))].map(entryOf);
    for (const { id } of this.#found) listed.add(id);
    const isNew = ({ conversation_id: id }) => !listed.has(id);
    const trainees = this.#trainees.filter(isNew).map((trainee) => ({ person: trainee }));
    return [...known, ...trainees].filter((each) => this.#isFound(each)).slice(0, MOST_PEOPLE);
  }

  /** Search for what was typed, after a pause. */
  type(query) {
    this.query = query.trim();
    this.words = wordsOf(this.query);
    // Until the response, messages stay that have the new words, too.
    this.messages = this.messages.filter(({ content }) => hasWords(content, this.words));
    this.#begin(PAUSE_MS);
  }

  /** Search all conversations instead of one. */
  widen() {
    this.conversationId = null;
    this.#begin(0);
  }

  /** Load the next page of messages, unless one is loading. */
  async loadMore() {
    if (!this.hasMore || this.isLoadingMore) return;
    this.isLoadingMore = true;
    this.changed();
    await this.#loadMessages(this.#run, this.#page + 1);
  }

  /** Repeat what has failed; the error stays until the response. */
  retry() {
    return this.status === "error" ? this.#load(this.#run) : this.loadMore();
  }

  stop() {
    this.#cancel();
    this.#deletions.stop();
  }

  #cancel() {
    this.#run += 1;
    clearTimeout(this.#timer);
  }

  /** Drop the messages of conversations in which a message was deleted, and search again. */
  #drop(conversationIds) {
    const kept = this.messages.filter((each) => !conversationIds.has(each.conversation_id));
    if (kept.length === this.messages.length) return;
    this.messages = kept;
    this.changed();
    this.#load(this.#run);
  }

  /** Return whether each word is in the name, or starts the address: most addresses end alike. */
  #isFound({ person }) {
    const email = person.email?.toLowerCase() ?? "";
    const isFound = (word) => hasWords(fullName(person), [word]) || email.startsWith(word);
    return person.id !== 0 && this.words.every(isFound);
  }

  #begin(pause) {
    this.#cancel();
    const run = this.#run;
    const isLongEnough = [...this.query].length >= SHORTEST;
    this.status = isLongEnough ? "loading" : "idle";
    this.error = null;
    this.hasMore = this.isLoadingMore = this.isThrottled = false;
    if (!isLongEnough) this.messages = [];
    if (this.query) this.#timer = setTimeout(() => this.#load(run), pause);
    this.changed();
  }

  async #load(run) {
    const isForMessages = this.status !== "idle";
    const isForPeople = this.#isTrainer && !this.conversationId;
    await Promise.all([
      isForMessages ? this.#loadMessages(run, 1) : null,
      isForPeople ? this.#loadPeople(run) : null,
    ]);
  }

  /** Load trainees, and conversations that are not listed, such as old ones; without them, known names are found. */
  async #loadPeople(run) {
    const isWanted = () => run === this.#run;
    const { query: search } = this;
    const find = (load) => load.then(({ results }) => results, () => []);
    const found = await Promise.all([
      find(listTrainees({ search }, { isWanted })),
      find(listConversations({ search }, { isWanted })),
      find(listConversations({ search, archived: true }, { isWanted })),
    ]);
    if (!isWanted()) return;
    this.#trainees = found[0];
    this.#found = [...found[1], ...found[2]];
    this.changed();
  }

  async #loadMessages(run, number) {
    const isWanted = () => run === this.#run;
    const onWait = () => isWanted() && this.#wait();
    const what = { q: this.query, page: number, conversation: this.conversationId ?? undefined };
    const page = await searchMessages(what, { isWanted, onWait }).catch((error) => ({ error }));
    if (!isWanted()) return;
    this.isThrottled = this.isLoadingMore = false;
    if (page.error) this.#fail(page.error);
    else this.#take(page, number);
    this.changed();
  }

  #wait() {
    this.isThrottled = true;
    this.changed();
  }

  #take(page, number) {
    const before = number === 1 ? [] : this.messages;
    // Rows shift between pages when new messages are found.
    const known = new Set(before.map((each) => each.message_id));
    this.messages = [...before, ...page.results.filter((each) => !known.has(each.message_id))];
    this.#page = number;
    this.total = page.count;
    this.hasMore = page.has_next;
    this.status = "ready";
    this.error = null;
  }

  #fail(error) {
    if (error.status === undefined) throw error; // a bug, not an ApiError
    this.error = error;
    if (this.status === "loading") this.status = "error";
  }
}

function entryOf(conversation) {
  const { trainer, trainee } = conversation;
  return { person: trainer.id === account.userId ? trainee : trainer, conversation };
}
