sudo make lab
