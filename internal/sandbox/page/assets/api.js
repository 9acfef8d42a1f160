// What the page asks of the sandbox.

// act does something and resolves to what went wrong; empty: nothing did.
export const act = async (what, body) => (await ask(what, body)).wrong;

// ask does something that is answered, and resolves to {wrong, given}.
export async function ask(what, body) {
  try {
    const res = await fetch(`api/${what}`, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
    });
    const given = await res.json().catch(() => ({}));
    return { given, wrong: res.ok ? "" : given.error || `The sandbox answered ${res.status}.` };
  } catch {
    return { given: {}, wrong: "The sandbox does not answer. Is it still running?" };
  }
}

// share sends a form with files, and resolves to what went wrong.
export async function share(form) {
  try {
    const res = await fetch("api/share", { method: "POST", body: form });
    return res.ok ? "" : (await res.json().catch(() => ({}))).error || `The sandbox answered ${res.status}.`;
  } catch {
    return "The sandbox did not take it. Is it still running?";
  }
}

// follow calls shown with the state of somebody's page, now and whenever it changes, until the function that it returns is called.
export function follow(as, shown, lost) {
  const source = new EventSource(`api/events?as=${encodeURIComponent(as)}`);
  source.onmessage = (e) => shown(JSON.parse(e.data));
  source.onerror = () => lost();
  return () => source.close();
}
