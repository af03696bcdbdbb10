import { isUserStored } from "../core/web-storage.js";
import { t } from "../text/translate.js";
import { toast } from "../ui/toast.js";

/** Say after a sign-in that the browser will not remember it, if it could not be stored. */
export function noticeBlockedStorage() {
  if (!isUserStored()) toast(t("signIn.blocked"), { stays: true });
}
