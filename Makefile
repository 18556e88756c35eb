# Every target prepares what it needs first: `make run` on a fresh machine is enough.
.DEFAULT_GOAL := help
.PHONY: help run test package bench lint wire screenshots icons

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

run: ## Prepare, build and start the app (ARGS="…" are passed on)
	@scripts/run $(ARGS)

test: ## Prepare and run every test
	@scripts/test

package: ## Build the .deb package into dist/
	@scripts/package

bench: ## Measure the figures that the README gives (ARGS="cold-start …" for some)
	@scripts/bench $(ARGS)

lint: ## Format and lint checks only
	@scripts/lint

wire: ## Write the TypeScript types of the bridge to ui/src/wire/
	@cargo run --quiet -p bridge --example wire

screenshots: ## Take the README's screenshots from the running app
	@scripts/screenshots

icons: ## Draw icons/*.png from icons/*.svg
	@scripts/icons
