import { defineConfig } from '@playwright/test';

export default defineConfig({
  fullyParallel: true,
  workers: 10,
  // Ten browsers that begin at once on two cores take their time; only what hangs takes as long.
  timeout: 120_000,
  expect: { timeout: 60_000 },
  use: {
    baseURL: `http://localhost:${process.env.SHOP_PORT}`,
    launchOptions: { executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium' },
  },
  // One after the other, on free ports; what they print says which, and becomes part of the environment.
  webServer: [
    {
      command: 'understudy serve --port 0 --until-stdin-ends',
      wait: { stdout: /nexudus: http:\/\/localhost:(?<understudy_port>\d+)/ },
    },
    {
      command: 'npm run shop -- --port 0',
      wait: { stdout: /http:\/\/localhost:(?<shop_port>\d+)/ },
    },
  ],
});
