// The least that a process costs: what every start is compared with.
int main(void) { return 0; }
