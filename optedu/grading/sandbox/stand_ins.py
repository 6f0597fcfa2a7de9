"""What stands on one side for an object of the other, and can be used there in part."""

from .errors import StudentError


class RemoteFunction:
    """Stands for a function of the other side."""

    def __init__(self, side, number, name):
        self._side, self._number, self.__name__ = side, number, name

    @property
    def verdicts(self):
        """What checks have found of it since the student's last cell."""
        return self._side.verdicts.setdefault(self._number, {})

    def __call__(self, *args, **kwargs):
        """Call it, over there."""
        return self._side.call(self._number, args, kwargs)

    def __repr__(self):
        """Say what it stands for."""
        return f"<function {self.__name__} of the other side>"


class RemoteObject:
    """Stands for any other object: its attributes can be read, and it never passes for data."""

    def __init__(self, side, number, name):
        self._side, self._number, self._name = side, number, name

    def __getattr__(self, name):
        """Read a public attribute, over there."""
        if name.startswith("_"):
            raise AttributeError(name)
        return self._side.call(self._number, (), {}, op="get", attribute=name)

    def __repr__(self):
        """Say what it stands for."""
        return f"<{self._name} of the other side>"

    def _refuse(self, *args, **kwargs):
        raise StudentError(f"got a {self._name} where plain data is expected")

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __hash__ = _refuse
    __bool__ = __len__ = __float__ = __int__ = __index__ = __array__ = __iter__ = _refuse


class RemoteIterator(RemoteObject):
    """Stands for an iterator, of which values are fetched one by one.

    What it does to its arguments, such as drawing from a random generator, it does to the test's.
    """

    _lent = ()
    __len__ = None  # what Python asks for before it makes a list, and may do without

    def __iter__(self):
        """Return itself."""
        return self

    def __next__(self):
        """Fetch the next value."""
        return self._side.call(self._number, self._lent, {}, op="next")


class Gone:
    """Stands for everything that a student defined, once their process has ended."""

    def __init__(self, error):
        self.error = error

    def __call__(self, *args, **kwargs):
        raise StudentError("the process that ran your code has ended") from self.error
