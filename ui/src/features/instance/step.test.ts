import { expect, test } from "vitest";
import { stepOf } from "./step";

test.each([
  ["Finding opencode", "Finding opencode", null],
  ["Building the image, step 4 of 9: RUN npm install: all", "Building the image, step 4 of 9", "RUN npm install: all"],
  ["Pulling team/opencode:2: 3 of 8 layers, 20 of 90 MiB", "Pulling team/opencode:2", "3 of 8 layers, 20 of 90 MiB"],
  ["Building the image opencode-portal:1.18.33, once", "Building the image opencode-portal:1.18.33, once", null],
  ["Building the image\n  Step 4", "Building the image", "Step 4"],
  ["Waiting:", "Waiting:", null],
])("%j", (text, what, progress) => {
  expect(stepOf(text)).toEqual({ what, progress });
});
