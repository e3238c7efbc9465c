# Finds a JDK that is new enough; for the scripts that run something without Maven. To be sourced.
# It gives find_jdk, which prints the JDK's folder, or nothing.

needed=25 # the Java version of the build, as in the pom

# Whether a folder holds a whole JDK of the needed version or a newer one.
suits() {
  local version
  [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
  version=$(sed -nE 's/^JAVA_VERSION="([0-9]+).*/\1/p' "$1/release")
  [ -n "$version" ] && [ "$version" -ge "$needed" ]
}

# The folder of the JDK that a java command belongs to.
home_of() {
  "$1" -XshowSettings:properties -version 2>&1 | sed -nE 's/^ *java\.home = //p' || true
}

# Every place where a JDK may be, the likeliest first.
candidates() {
  local name
  echo "${JAVA_HOME:-}"
  if command -v java >/dev/null; then home_of java; fi
  for name in $(compgen -e | grep -E '^JAVA.*_HOME$|^JDK.*_HOME$' | sort -rV); do
    echo "${!name}"
  done
  if [ -r "${HOME:-}/.m2/toolchains.xml" ]; then
    sed -nE 's|.*<jdkHome>(.*)</jdkHome>.*|\1|p' "$HOME/.m2/toolchains.xml"
  fi
  for name in /usr/lib/jvm/* /usr/lib64/jvm/* /usr/java/* /usr/local/java/* /opt/java/* /opt/jdk* /opt/*jdk* \
    /opt/hostedtoolcache/*/*/* /Library/Java/JavaVirtualMachines/*/Contents/Home \
    /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
    "${HOME:-}"/Library/Java/JavaVirtualMachines/*/Contents/Home "${HOME:-}"/.sdkman/candidates/java/* \
    "${HOME:-}"/.jdks/* "${HOME:-}"/.m2/jdks/* "${HOME:-}"/.gradle/jdks/* "${HOME:-}"/.jenv/versions/* \
    "${HOME:-}"/.asdf/installs/java/* "${HOME:-}"/.local/share/mise/installs/java/*; do
    echo "$name"
  done
}

find_jdk() {
  local home
  while read -r home; do
    if [ -n "$home" ] && suits "$home"; then
      echo "$home"
      return
    fi
  done < <(candidates)
}
