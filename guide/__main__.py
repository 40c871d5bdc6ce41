"""``python -m guide`` builds the site of the guide, which a server shows at once."""

from guide.build_hook import SITE, build

if __name__ == "__main__":
    build()
    print(f"built: {SITE}")
