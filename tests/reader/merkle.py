"""Merkle trees of docs/protocol/logs.md."""

import hashlib


def leaf_hash(leaf):
    return hashlib.sha256(b"\0" + leaf).digest()


def node(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def root(leaves):
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return leaf_hash(leaves[0])
    left = 1 << (len(leaves) - 1).bit_length() - 1
    return node(root(leaves[:left]), root(leaves[left:]))


class Growing:
    """The roots over the first n leaves, for every n, leaf by leaf."""

    def __init__(self):
        self.size, self.parts = 0, []

    def push(self, leaf):
        here, size = leaf_hash(leaf), self.size
        while size & 1:
            here = node(self.parts.pop(), here)
            size >>= 1
        self.parts.append(here)
        self.size += 1

    def root(self):
        if not self.parts:
            return root([])
        here = self.parts[-1]
        for left in reversed(self.parts[:-1]):
            here = node(left, here)
        return here


def includes(tree, count, index, leaf, proof):
    if index >= count:
        return False
    fn, sn, here = index, count - 1, leaf_hash(leaf)
    for sibling in proof:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            here = node(sibling, here)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            here = node(here, sibling)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and here == tree


def consistent(old, old_root, new, new_root, proof):
    if old == new:
        return not proof and old_root == new_root
    if old == 0 or old > new:
        return False
    fn, sn = old - 1, new - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    path = list(proof)
    if old & (old - 1) == 0:
        path.insert(0, old_root)
    if not path:
        return False
    in_old = in_new = path[0]
    for sibling in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            in_old, in_new = node(sibling, in_old), node(sibling, in_new)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            in_new = node(in_new, sibling)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and in_old == old_root and in_new == new_root
