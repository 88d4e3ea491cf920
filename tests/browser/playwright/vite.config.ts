import { defineConfig } from 'vite';

const { UNDERSTUDY_PORT = '8080', UNDERSTUDY_SANDBOX } = process.env;

export default defineConfig({
  server: {
    proxy: {
      '^/(akinon|limio|nexudus|zenskar)/': {
        target: `http://localhost:${UNDERSTUDY_PORT}`,
        headers: UNDERSTUDY_SANDBOX ? { 'Understudy-Sandbox': UNDERSTUDY_SANDBOX } : {},
      },
    },
  },
});
