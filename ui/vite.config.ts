import tailwindcss from "@tailwindcss/vite";
import solid from "vite-plugin-solid";
import { defineConfig } from "vitest/config";

// Browsers: Safari 16.4's engine is what WebKitGTK 2.50 answers to; Chromium for the browser host.
export default defineConfig({
  plugins: [solid(), tailwindcss()],
  build: { target: "safari16.4", sourcemap: false, chunkSizeWarningLimit: 900 },
  worker: { format: "es" },
  server: { port: 1430, strictPort: true },
  test: { environment: "happy-dom", include: ["src/**/*.test.{ts,tsx}"] },
});
