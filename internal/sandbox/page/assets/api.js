// What the page asks of the sandbox.

// act does something and resolves to what went wrong; empty: nothing did.
export async function act(what, body) {
  try {
    const res = await fetch(`api/${what}`, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
    });
    if (res.ok) return "";
    const answer = await res.json().catch(() => ({}));
    return answer.error || `The sandbox answered ${res.status}.`;
  } catch {
    return "The sandbox does not answer. Is it still running?";
  }
}

// follow calls shown with the state of somebody's page, now and whenever it changes, until the function that it returns is called.
export function follow(as, shown, lost) {
  const source = new EventSource(`api/events?as=${encodeURIComponent(as)}`);
  source.onmessage = (e) => shown(JSON.parse(e.data));
  source.onerror = () => lost();
  return () => source.close();
}
