#!/usr/bin/env bash
# Has Chromium and its driver installed from Debian's packages, for the tests that look at a page, if they are missing.
# Never fails: the tests say themselves what they couldn't look at.
set -u

command -v chromium >/dev/null && command -v chromedriver >/dev/null && exit 0
if ! command -v apt-get >/dev/null || [ "$(id -u)" != 0 ]; then
  echo "Chromium is missing, and can only be installed by root with apt-get: install chromium and chromium-driver." >&2
  exit 0
fi
echo "installing Debian's packages chromium and chromium-driver, for the tests of pages..." >&2
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq >/dev/null 2>&1
apt-get install -y -qq --no-install-recommends chromium chromium-driver >/dev/null 2>&1 ||
  echo "chromium and chromium-driver couldn't be installed." >&2
exit 0
