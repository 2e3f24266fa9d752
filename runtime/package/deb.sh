#!/bin/sh
# Makes build/deb/resnetc_VERSION_ARCH.deb; whoever made the last commit is its maintainer. Usage: deb.sh VERSION
set -e
cd "$(dirname "$0")/../.."
version=$1
maintainer=$(git log -1 --format='%an <%ae>')
root=build/deb/resnetc
doc=$root/usr/share/doc/resnetc

rm -rf build/deb
mkdir -p $root/DEBIAN $doc build/deb/debian
make -s install DESTDIR=$root PREFIX=/usr
strip --strip-unneeded -R .comment -R .note $root/usr/bin/resnetc
gzip -9n $root/usr/share/man/man1/resnetc.1
mv $root/usr/share/zsh/site-functions $root/usr/share/zsh/vendor-completions     # where Debian's zsh looks
{ git log -1 --date=format:%Y --format='Copyright (c) %ad the authors of resnetc'; echo; cat LICENSE; } > $doc/copyright
git log -1 --format="resnetc ($version) unstable; urgency=medium%n%n  * Version $version.%n%n -- $maintainer  %aD" | gzip -9n > $doc/changelog.gz
echo "Source: resnetc" > build/deb/debian/control
depends=$(cd build/deb && dpkg-shlibdeps -O resnetc/usr/bin/resnetc 2>/dev/null | sed 's/^shlibs:Depends=//')
sed "s|@VERSION@|$version|; s|@ARCH@|$(dpkg --print-architecture)|; s|@MAINTAINER@|$maintainer|; s|@DEPENDS@|$depends|" \
	runtime/package/control.in > $root/DEBIAN/control
(cd $root && find usr -type f | sort | xargs md5sum > DEBIAN/md5sums)
dpkg-deb --root-owner-group --build $root build/deb
if command -v lintian > /dev/null; then
	lintian --allow-root --fail-on error,warning build/deb/*.deb
fi
