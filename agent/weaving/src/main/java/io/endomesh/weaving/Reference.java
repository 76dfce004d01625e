package io.endomesh.weaving;

/**
 * Something of a library that advice needs to be there. Immutable; names and descriptors are the
 * class file's own.
 */
sealed interface Reference {

  /** Internal name of the class that has it. */
  String owner();

  /** The class itself. */
  record OfType(String owner) implements Reference {
    @Override
    public String toString() {
      return "class " + owner.replace('/', '.');
    }
  }

  /** A method or constructor, declared by the owner or inherited. */
  record OfMethod(String owner, String name, String descriptor) implements Reference {
    @Override
    public String toString() {
      return "method " + owner.replace('/', '.') + "#" + name + descriptor;
    }
  }

  /** A field, declared by the owner or inherited. */
  record OfField(String owner, String name, String descriptor) implements Reference {
    @Override
    public String toString() {
      return "field " + owner.replace('/', '.') + "#" + name;
    }
  }
}
