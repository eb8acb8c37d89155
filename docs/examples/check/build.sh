make
sudo make install
make install PREFIX=$HOME/.local
make clean
