import { test as base } from '@playwright/test';

export class Sandbox {
  constructor(
    readonly root: string,
    readonly name: string,
  ) {}

  /** Where a contract is in this sandbox, for clients that can set no header. */
  url(contract: string): string {
    return `${this.root}/sandbox/${this.name}/${contract}`;
  }

  /** Ask the control API for something of this sandbox. */
  control(method: string, path: string, body?: unknown): Promise<any> {
    return ask(this.root, method, `/sandboxes/${this.name}${path}`, body);
  }
}

async function ask(root: string, method: string, path: string, body?: unknown): Promise<any> {
  const answer = await fetch(`${root}/_understudy${path}`, {
    method,
    headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(text);
  return text === '' ? undefined : JSON.parse(text);
}

export const test = base.extend<{ sandbox: Sandbox }>({
  sandbox: async ({}, use, info) => {
    const root = `http://localhost:${process.env.UNDERSTUDY_PORT}`;
    const { name } = await ask(root, 'POST', '/sandboxes', { fixture: 'empty' });
    info.annotations.push({ type: 'sandbox', description: name });
    const sandbox = new Sandbox(root, name);
    await use(sandbox);
    await sandbox.control('DELETE', '');
  },
  // Every request of the browser context, and of `request`, names the sandbox.
  extraHTTPHeaders: async ({ sandbox }, use) => {
    await use({ 'Understudy-Sandbox': sandbox.name });
  },
});
