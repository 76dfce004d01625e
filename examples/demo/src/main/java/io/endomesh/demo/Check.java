package io.endomesh.demo;

/** One promise, checked on the running shop. It leaves the shop as it found it. */
interface Check {

  String name();

  /**
   * @return the figures seen, for the line that is printed
   * @throws CheckFailed if the promise is not kept
   */
  String run(MeshedShop shop);
}
