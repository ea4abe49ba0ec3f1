"""`python -m demo_lib …`."""

from demo_lib.cli import main

if __name__ == "__main__":
    main()
